"""The texts of the guards of the seals' tables, for `guards`: a seal is the next one, its leaves are complete once and stay."""

SQLITE = {
    "seal": {
        "seal_no_update": """
CREATE TRIGGER seal_no_update BEFORE UPDATE ON seal
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END""",
        "seal_no_delete": """
CREATE TRIGGER seal_no_delete BEFORE DELETE ON seal
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END""",
        "seal_next_only": """
CREATE TRIGGER seal_next_only BEFORE INSERT ON seal
WHEN NEW.number <> 1 + coalesce((SELECT max(number) FROM seal), 0)
BEGIN SELECT RAISE(ABORT, 'only the next seal is taken'); END""",
    },
    "seal_leaf": {
        "seal_leaf_no_update": """
CREATE TRIGGER seal_leaf_no_update BEFORE UPDATE ON seal_leaf
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END""",
        "seal_leaf_no_delete": """
CREATE TRIGGER seal_leaf_no_delete BEFORE DELETE ON seal_leaf
BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END""",
        "seal_leaf_next_only": """
CREATE TRIGGER seal_leaf_next_only BEFORE INSERT ON seal_leaf
WHEN NEW.place <> 1 + coalesce((SELECT max(place) FROM seal_leaf WHERE number = NEW.number), 0)
  OR NOT EXISTS (SELECT 1 FROM seal WHERE number = NEW.number AND leaves > NEW.place)
BEGIN SELECT RAISE(ABORT, 'a seal takes only its own leaves'); END""",
    },
    "seal_copy": {
        "seal_copy_no_update": """
CREATE TRIGGER seal_copy_no_update BEFORE UPDATE ON seal_copy
BEGIN SELECT RAISE(ABORT, 'the log of copies is append-only'); END""",
        "seal_copy_no_delete": """
CREATE TRIGGER seal_copy_no_delete BEFORE DELETE ON seal_copy
BEGIN SELECT RAISE(ABORT, 'the log of copies is append-only'); END""",
        "seal_copy_first_only": """
CREATE TRIGGER seal_copy_first_only BEFORE INSERT ON seal_copy
WHEN EXISTS (SELECT 1 FROM seal_copy WHERE number = NEW.number AND witness = NEW.witness AND trial = NEW.trial)
BEGIN SELECT RAISE(ABORT, 'the log of copies is append-only'); END""",
    },
}

FUNCTIONS = {
    "seal_refuse": """
CREATE FUNCTION seal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'seals are append-only'; END $$""",
    "seal_check_next": """
CREATE FUNCTION seal_check_next() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run record;
BEGIN
  SELECT min(number) AS low, max(number) AS high, count(*) AS seals INTO run FROM added;
  IF run.seals > 0 AND (run.seals <> run.high - run.low + 1
     OR run.low <> 1 + coalesce((SELECT max(number) FROM seal WHERE number < run.low), 0)
     OR EXISTS (SELECT 1 FROM seal WHERE number > run.high))
  THEN RAISE EXCEPTION 'only the next seal is taken'; END IF;
  RETURN NULL;
END $$""",
    "seal_leaf_check_next": """
CREATE FUNCTION seal_leaf_check_next() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run record;
BEGIN
  FOR run IN SELECT number, min(place) AS low, max(place) AS high, count(*) AS leaves FROM added GROUP BY number LOOP
    IF run.leaves <> run.high - run.low + 1
       OR run.low <> 1 + coalesce((SELECT max(place) FROM seal_leaf WHERE number = run.number AND place < run.low), 0)
       OR NOT EXISTS (SELECT 1 FROM seal WHERE number = run.number AND leaves > run.high)
    THEN RAISE EXCEPTION 'a seal takes only its own leaves'; END IF;
  END LOOP;
  RETURN NULL;
END $$""",
}

POSTGRES = {
    table: {
        f"{table}_no_change": f"""
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {{table}}
FOR EACH STATEMENT EXECUTE FUNCTION seal_refuse()"""
    }
    for table in SQLITE
}
POSTGRES["seal"]["seal_next_only"] = """
CREATE TRIGGER seal_next_only AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION seal_check_next()"""
POSTGRES["seal_leaf"]["seal_leaf_next_only"] = """
CREATE TRIGGER seal_leaf_next_only AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION seal_leaf_check_next()"""

CALLS = {
    **{f"{table}_no_change": ("seal_refuse", 58) for table in SQLITE},
    "seal_next_only": ("seal_check_next", 4),
    "seal_leaf_next_only": ("seal_leaf_check_next", 4),
}
