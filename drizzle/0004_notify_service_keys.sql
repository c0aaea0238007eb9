-- The access tokens of a revoked key are refused like those of a revoked session.
CREATE TRIGGER service_key_revoked AFTER UPDATE OF revoked_at ON service_keys
  FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL)
  EXECUTE FUNCTION notify_session_revoked();
