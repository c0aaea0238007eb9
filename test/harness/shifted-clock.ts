/** A module for `node --import` in which the machine's clock is wrong by so many milliseconds. */
export function shiftedClock(milliseconds: number): string {
  const source = `
    const Real = Date
    globalThis.Date = class Date extends Real {
      constructor(...given) {
        if (given.length > 0) super(...given)
        else super(Real.now() + ${milliseconds})
      }
      static now() {
        return Real.now() + ${milliseconds}
      }
    }`
  return `data:text/javascript,${encodeURIComponent(source)}`
}
