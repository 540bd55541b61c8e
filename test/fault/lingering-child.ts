/** Loaded before the server: keeps the process alive after its stop, as a socket that a library has left open would. */
setInterval(() => {}, 60_000);
