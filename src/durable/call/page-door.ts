/** The upgrade of the page's socket: what does not fit is told over the socket, where a page can read it. */
import { asLunaError, LunaError } from "../../errors.ts";
import { readOffer, refuse } from "../../legs/browser.ts";

/** @param enter takes the socket, with the token that the page shows; what it throws is told and closes the socket. */
export async function letPageIn(
  request: Request,
  enter: (socket: WebSocket, token: string) => Promise<void>,
): Promise<Response> {
  const offer = readOffer(request);
  const { 0: page, 1: socket } = new WebSocketPair();
  try {
    if (!offer.fits) throw new LunaError("invalid_request", "This page is not of this Luna any more. Reload it.");
    await enter(socket, offer.token);
  } catch (thrown) {
    refuse(socket, asLunaError(thrown));
  }
  return new Response(null, { status: 101, webSocket: page, headers: offer.answer });
}
