/** A team of Cloudflare Access with one key, for a Luna that runs as `WORKER`: who it signs for is let in. */
import { exportJWK, generateKeyPair, SignJWT } from "jose";

export const WORKER = "test/support/workerd/behind-access.ts";
const AUDIENCE = "aud-of-the-tests-0123456789";

export interface Team {
  /** Settings of a Luna that this team guards. */
  vars: Record<string, string>;
  /** What Access sends along for this person, for an hour: header `cf-access-jwt-assertion`, cookie `CF_Authorization`. */
  assertion(email: string): Promise<string>;
}

/** @param team its name at Cloudflare. */
export async function foundTeam(team: string): Promise<Team> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: team, alg: "RS256", use: "sig" };
  const keys = Buffer.from(JSON.stringify({ keys: [jwk] })).toString("base64");
  return {
    vars: { ACCESS_TEAM: team, ACCESS_AUD: AUDIENCE, TEAM_KEYS: keys },
    assertion: (email) =>
      new SignJWT({ email })
        .setProtectedHeader({ alg: "RS256", kid: team })
        .setIssuer(`https://${team}.cloudflareaccess.com`)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime("1h")
        .sign(privateKey),
  };
}
