import { hashOf, securityHeaders } from "./request.ts";

/** The page as one file. In the package, the build puts it here: see `.ci/page.mjs`. */
declare const ONTHEDOT_PAGE: string | undefined;

/** In the sources it is built when it is asked for. */
const build = async (): Promise<string> => {
  const builder = new URL("../../.ci/page.mjs", import.meta.url).href;
  const { buildPage } = (await import(/* @vite-ignore */ builder)) as { buildPage(): Promise<string> };
  return buildPage();
};

/** The page, and the headers that let a browser run it and nothing else. @param style of pictures, which are put into the page */
export const loadPage = async (style: string) => {
  const html = typeof ONTHEDOT_PAGE === "string" ? ONTHEDOT_PAGE : await build();
  const inside = (tag: string): string => new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "";
  const headers = securityHeaders({
    script: hashOf(inside("script")),
    styles: [hashOf(inside("style")), hashOf(style)],
  });
  return { html, headers };
};
