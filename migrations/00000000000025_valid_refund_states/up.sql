ALTER TABLE payments VALIDATE CONSTRAINT payments_state_check;
ALTER TABLE ledger_entries VALIDATE CONSTRAINT ledger_entries_kind_check;
ALTER TABLE ledger_entries VALIDATE CONSTRAINT ledger_entries_check;
ALTER TABLE ledger_entries VALIDATE CONSTRAINT ledger_entries_check1;
