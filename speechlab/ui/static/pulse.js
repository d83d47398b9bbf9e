/* ---- drawn now and then, however much comes ---- */

/* Gives what marks a thing: all that were marked since are drawn together, a tenth of a second later. */
function pulsing(draw) {
  const PULSE = 100, marked = new Set();
  let waiting = 0;
  return (thing) => {
    marked.add(thing);
    waiting ||= setTimeout(() => {
      const things = [...marked];
      waiting = 0;
      marked.clear();
      draw(things);
    }, PULSE);
  };
}
