/** Only who signs in by OpenID Connect loads it. */
const load = () => import("openid-client");

export const discovery = async (...given) => (await load()).discovery(...given);
export const refreshTokenGrant = async (...given) => (await load()).refreshTokenGrant(...given);
