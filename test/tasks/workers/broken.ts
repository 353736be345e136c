throw new Error("no such luck");

export default () => {};
