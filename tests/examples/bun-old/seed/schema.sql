create table note (text);
