#!/bin/bash
# Run by the database's image at its first start: a database and an account for each service, which sees no other.
# (The image reads this file into its own shell, so it sets no options.)
for name in books customers accounts orders payments delivery reviews; do
    docker_process_sql <<SQL
CREATE DATABASE $name CHARACTER SET utf8mb4;
CREATE USER '$name'@'%' IDENTIFIED BY '$(cat "/run/secrets/${name}_password")';
GRANT ALL ON $name.* TO '$name'@'%';
SQL
done
