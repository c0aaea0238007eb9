-- Whoever revokes a session, by whatever way, every instance hears of it when the transaction commits.
CREATE FUNCTION notify_session_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('latchkey_revocations', NEW.id::text);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER session_revoked AFTER UPDATE OF revoked_at ON sessions
  FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
  EXECUTE FUNCTION notify_session_revoked();
--> statement-breakpoint
-- Signing keys are created and revoked rarely, and then every instance must know at once.
CREATE FUNCTION notify_signing_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('latchkey_signing_keys', '');
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER signing_keys_changed AFTER INSERT OR UPDATE OR DELETE ON signing_keys
  FOR EACH STATEMENT EXECUTE FUNCTION notify_signing_keys();
--> statement-breakpoint
-- A rotation changes no indexed column; room on each page lets it stay there (heap-only tuples).
ALTER TABLE sessions SET (fillfactor = 80);
