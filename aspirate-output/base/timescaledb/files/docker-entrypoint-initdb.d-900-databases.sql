-- Written by the publisher: the databases that the model names.
CREATE DATABASE "metrics";
