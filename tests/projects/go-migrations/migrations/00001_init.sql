-- +goose Up
CREATE TABLE account (id bigint PRIMARY KEY);

-- +goose Down
DROP TABLE account;
