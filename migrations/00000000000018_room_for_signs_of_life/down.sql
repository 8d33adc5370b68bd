ALTER TABLE passes RESET (fillfactor);
