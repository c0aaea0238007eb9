-- Whoever watches a user's devices is told to look again when one signs in or is signed out; rotations say nothing. The table has the facts.
CREATE FUNCTION notify_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('latchkey_sessions', NEW.user_id::text);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER session_opened AFTER INSERT ON sessions
  FOR EACH ROW EXECUTE FUNCTION notify_sessions();
--> statement-breakpoint
CREATE TRIGGER session_ended AFTER UPDATE OF revoked_at ON sessions
  FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
  EXECUTE FUNCTION notify_sessions();
