ALTER TABLE performances DROP COLUMN section_prices;
