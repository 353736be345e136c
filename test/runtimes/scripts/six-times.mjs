export default (by) => 6 * by;
