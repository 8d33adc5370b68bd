ALTER TABLE passes VALIDATE CONSTRAINT passes_state_check;
