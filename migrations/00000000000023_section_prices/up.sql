-- The prices of sections that were changed since the performance was added, by name. Where there is none, the price is
-- that of the seats.
ALTER TABLE performances ADD COLUMN section_prices jsonb CHECK (jsonb_typeof(section_prices) = 'object');
