/** Why a token was refused: for the log, never for the caller. */
export type TokenRefusal =
  | 'malformed'
  | 'unknown_key'
  | 'bad_signature'
  | 'wrong_algorithm'
  | 'wrong_type'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'expired'
  | 'clock_skew'
  | 'bad_claims'
