// What a thread of the password hasher runs. JavaScript, so that a thread can load it wherever it is started: from the build, the sources or a test.
import { hashSync, verifySync } from '@node-rs/argon2'

/**
 * @param {{ password: string, options: import('@node-rs/argon2').Options }} task
 * @returns {string} a PHC string
 */
export const hash = ({ password, options }) => hashSync(password, options)

/**
 * @param {{ password: string, phc: string, options: import('@node-rs/argon2').Options }} task
 * @returns {boolean} whether the password fits
 */
export const verify = ({ password, phc, options }) => verifySync(phc, password, options)
