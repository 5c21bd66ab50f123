// Builds the browser side into assets/dist: `node assets/build.mjs` (add --watch while working on it).
// Entries keep their names, because Django's static storage hashes them; fonts carry a hash.
import { context } from "esbuild";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const watching = process.argv.includes("--watch");

// The uploader belongs to the documents app: built when it is there.
const wanted = [
  "css/app.css", "css/admin.css", "css/viewer.css",
  "js/app.js", "js/upload.js", "js/viewer.js", "js/wording.js", "js/thread.js", "js/chat.js", "js/desk/board.js", "js/desk/keys.js",
  "images/favicon.svg", "images/card.png",
];
const isPicture = (name) => /\.(svg|png)$/.test(name);
const entries = wanted.filter((name) => existsSync(join(here, name)));
const named = (list) => list.map((name) => ({
  in: join(here, name),
  out: name.split("/").pop().replace(/\.[^.]+$/, ""),
}));

const shared = {
  outdir: dist,
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: "linked",
  logLevel: "info",
  assetNames: "fonts/[name]-[hash]",
  loader: { ".woff2": "file" },
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

if (!watching) {
  // The fonts' licence asks that its text travels with them.
  for (const family of ["figtree", "source-serif-4"]) {
    const name = join("fonts", `${family}.LICENSE.txt`);
    copyFileSync(join(here, "..", "node_modules", "@fontsource-variable", family, "LICENSE"), join(dist, name));
    made.add(name);
  }
  // Only what is left over from earlier builds goes, and last: a server may be reading this folder.
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !made.has(relative(dist, path))) rmSync(path);
  }
}
