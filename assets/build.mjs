// Builds the browser side into assets/dist: `node assets/build.mjs` (add --watch while working on it).
// Files keep their names, because Django's static storage hashes them and pages ask for fonts ahead by name.
import { context } from "esbuild";
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, "dist");
const watching = process.argv.includes("--watch");

// The uploader belongs to the documents app: built when it is there.
const wanted = [
  "css/app.css", "css/admin.css", "css/viewer.css",
  "js/app.js", "js/upload.js", "js/viewer.js", "js/wording.js", "js/thread.js", "js/chat.js", "js/desk/board.js", "js/desk/keys.js",
  "images/favicon.svg", "images/card.png",
];
// Where a class may be named: pages, forms and tags of ours, and the pages of packages that are drawn in Bootstrap.
const WRITTEN = [
  "templates/**/*.html", "assets/js/**/*.js",
  "{accounts,audit,conversations,documents,feedback,leads,loans,notifications,portal}/**/*.{py,html}",
  ".venv/lib/python*/site-packages/{crispy_bootstrap5,crispy_forms,allauth}/**/*.{py,html}",
];
// Names that pages put together: alert-{{ … }}, btn-{{ … }}.
const PUT_TOGETHER = [/^alert-/, /^btn-/];
const isPicture = (name) => /\.(svg|png)$/.test(name);
const entries = wanted.filter((name) => existsSync(join(here, name)));
const named = (list) => list.map((name) => ({
  in: join(here, name),
  out: name.split("/").pop().replace(/\.[^.]+$/, ""),
}));

// Bootstrap's ready-made file without the rules for classes that nobody names: a fifth of it is left.
const onlyUsed = {
  name: "only-used",
  setup(build) {
    build.onLoad({ filter: /bootstrap\.min\.css$/ }, async ({ path }) => {
      const content = globSync(WRITTEN, { cwd: root }).map((name) => join(root, name));
      if (!content.some((name) => name.includes("crispy_bootstrap5"))) throw new Error("No crispy_bootstrap5 in .venv");
      const [used] = await new PurgeCSS().purge({ content, css: [path], safelist: PUT_TOGETHER });
      return { contents: used.css, loader: "css", watchFiles: [path, ...content] };
    });
  },
};

const shared = {
  outdir: dist,
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: "linked",
  logLevel: "info",
  assetNames: "fonts/[name]",
  loader: { ".woff2": "file" },
  plugins: [onlyUsed],
};

const plans = [
  {
    entryPoints: named(entries.filter((name) => !isPicture(name))),
    format: "esm",
    // No shared chunks: production keeps only hashed names, and nobody rewrites the imports inside a script.
    splitting: false,
    target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  },
  // A classic script, read before the first paint, so that a chosen theme never flashes.
  { entryPoints: named(["js/theme.js"]), format: "iife" },
  {
    entryPoints: named(entries.filter(isPicture)),
    loader: { ".svg": "copy", ".png": "copy" },
  },
];

mkdirSync(dist, { recursive: true });
const made = new Set();
for (const plan of plans) {
  const job = await context({ ...shared, ...plan, metafile: true });
  if (watching) {
    await job.watch();
  } else {
    const result = await job.rebuild();
    for (const name of Object.keys(result.metafile.outputs)) made.add(relative(dist, join(process.cwd(), name)));
    await job.dispose();
  }
}

if (watching) {
  // While somebody works on a file, what was packed of it before is none of it.
  for (const name of globSync("*.{br,gz}", { cwd: dist })) rmSync(join(dist, name));
} else {
  // The fonts' licence asks that its text travels with them.
  for (const family of ["@fontsource-variable/figtree", "@fontsource/source-serif-4"]) {
    const name = join("fonts", `${family.split("/")[1]}.LICENSE.txt`);
    copyFileSync(join(root, "node_modules", family, "LICENSE"), join(dist, name));
    made.add(name);
  }
  // Beside each text the same in small, which WhiteNoise hands to browsers that take it.
  for (const name of [...made].filter((name) => /\.(css|js|svg)$/.test(name))) {
    const text = readFileSync(join(dist, name));
    for (const [ending, small] of [[".br", brotliCompressSync(text)], [".gz", gzipSync(text, { level: 9 })]]) {
      writeFileSync(join(dist, name + ending), small);
      made.add(name + ending);
    }
  }
  // Only what is left over from earlier builds goes, and last: a server may be reading this folder.
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !made.has(relative(dist, path))) rmSync(path);
  }
}
