DROP TABLE passes;
DROP TABLE waiting_rooms;
