DROP TABLE seats;
DROP TABLE performances;
DROP TABLE concerts;
