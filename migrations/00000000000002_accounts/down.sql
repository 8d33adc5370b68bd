DROP TABLE ledger_entries;
DROP TABLE wallets;
DROP TABLE users;
