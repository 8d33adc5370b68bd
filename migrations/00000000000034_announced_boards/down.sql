DROP TABLE announced_boards;
