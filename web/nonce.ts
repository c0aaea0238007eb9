import { setNonce } from 'get-nonce'

/**
 * The nonce of this page's Content-Security-Policy. Browsers hide the attribute from scripts but keep the property.
 */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

// Dialogs lock the scroll with a <style> element of their own, which the policy refuses without the nonce.
setNonce(nonce)
