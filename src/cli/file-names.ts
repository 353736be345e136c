/** Whether an argument names a script and not a phrase. */
export const isScriptName = (text: string): boolean => /\.[cm]?[jt]sx?$/i.test(text);

export const isTypeScript = (file: string): boolean => /\.[cm]?tsx?$/i.test(file);
