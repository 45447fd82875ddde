/**
 * Requests: the server sends whole pages, as to a browser without scripts.
 */
const TIMEOUT = 20_000; // milliseconds until a request counts as lost
const FRESH = { "Cache-Control": "no-cache" };

/**
 * Request a page as a document (so that no text is ever turned into HTML here). Rejects when the network fails, on a
 * timeout, and when `signal` is aborted.
 */
export function requestPage(method, url, fields, options = {}) {
  const { timeout = TIMEOUT, signal, isBackground = false, headers = FRESH } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "document";
    request.timeout = timeout;
    signal?.addEventListener("abort", () => request.abort());
    for (const name of Object.keys(headers)) request.setRequestHeader(name, headers[name]);
    if (isBackground) request.setRequestHeader("Board-Background", "yes"); // nobody is there, for all we know
    request.onload = () => resolve({
      status: request.status,
      page: request.response,
      url: request.responseURL,
      retryAfter: Number(request.getResponseHeader("Retry-After")), // seconds, 0 if it is not said
    });
    request.onerror = request.onabort = request.ontimeout = () => reject(new Error("The network failed."));
    request.send(fields);
  });
}
