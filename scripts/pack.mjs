/**
 * Builds the packages as they are published and packs them: `npm run pack [-- FOLDER]`, by default into dist/.
 *
 *   FOLDER/packages/NAME   what is published: JavaScript, declarations, sources, models, page, README, LICENSE
 *   FOLDER/*.tgz           the same, to be installed by `npm install --ignore-scripts ./FOLDER/*.tgz`
 *
 * Inside the repository the packages export their TypeScript sources (./src/X.ts); here that becomes ./dist/X.js with
 * ./dist/X.d.ts beside it.
 */
import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = resolve(process.argv[2] ?? join(root, 'dist'))
const staged = join(out, 'packages')
const built = join(out, 'build')

/** Every package by its folder name: where it lies, and the folders that go with it besides the built sources. */
const packages = {
  tensor: { folder: 'packages/tensor', with: {} },
  trm: { folder: 'packages/trm', with: { models: 'packages/trm/models' } },
  'http-server': { folder: 'apps/http-server', with: {} },
  'model-server': { folder: 'apps/model-server', with: {} },
  'studio-server': { folder: 'apps/studio-server', with: {} },
  // The page of `trm studio` lies beside the program; see apps/cli/src/studio-page.ts.
  cli: { folder: 'apps/cli', with: { bin: 'apps/cli/bin', 'dist/studio': 'apps/studio/dist' } },
}

async function main() {
  await rm(staged, { recursive: true, force: true })
  await Promise.all([compile(), buildPage()])
  for (const [name, facts] of Object.entries(packages)) await stage(name, facts)
  await rm(built, { recursive: true, force: true })
  const lines = await Promise.all(Object.keys(packages).map(pack))
  for (const line of lines) process.stdout.write(`${line}\n`)
}

/** TypeScript → JavaScript, declarations and maps, of all packages at once. */
async function compile() {
  await rm(built, { recursive: true, force: true })
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  await run(process.execPath, [tsc, '--project', join(root, 'tsconfig.build.json'), '--outDir', built])
}

/** As `trm studio` does: only where its sources are newer. */
async function buildPage() {
  const page = JSON.stringify(new URL('../apps/cli/src/studio-page.ts', import.meta.url).href)
  const code = `import(${page}).then(({ studioPage }) => studioPage(() => {}))`
  await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code])
}

async function stage(name, { folder, with: companions }) {
  const target = join(staged, name)
  const sources = join(root, folder, 'src')
  await mkdir(target, { recursive: true })
  await cp(sources, join(target, 'src'), { recursive: true })
  await cp(join(built, folder, 'src'), join(target, 'dist'), { recursive: true })
  for (const file of await filesIn(join(target, 'dist'))) {
    if (file.endsWith('.d.ts')) await rewrite(file, javaScriptImports)
    if (file.endsWith('.js')) await rewrite(file, javaScriptUrls)
    if (file.endsWith('.map')) await rewrite(file, (text) => sourcesBeside(text, file, target))
  }
  for (const [inside, from] of Object.entries(companions))
    await cp(join(root, from), join(target, inside), { recursive: true })
  await cp(join(root, folder, 'README.md'), join(target, 'README.md'))
  await cp(join(root, 'LICENSE'), join(target, 'LICENSE'))
  const facts = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
  await writeFile(
    join(target, 'package.json'),
    `${JSON.stringify(published(facts, Object.keys(companions)), null, 2)}\n`,
  )
}

/** package.json as it is published. */
function published({ devDependencies: _, private: __, ...facts }, companions) {
  const folders = companions.filter((inside) => !inside.startsWith('dist/'))
  return {
    ...facts,
    engines: { node: '>=20.11' },
    ...(facts.sideEffects && { sideEffects: facts.sideEffects.map(builtPath) }),
    ...(facts.exports && { exports: mapValues(facts.exports, builtExport) }),
    files: ['dist', 'src', ...folders],
  }
}

const builtPath = (path) => path.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js')

const builtExport = (path) =>
  path.endsWith('.ts') ? { types: builtPath(path).replace(/\.js$/, '.d.ts'), default: builtPath(path) } : path

const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

/** The compiler rewrites `./x.ts` in JavaScript, but not in declarations. */
const javaScriptImports = (text) =>
  text.replace(/((?:from|import\()\s*['"]\.{1,2}\/[^'"]*)\.ts(?=['"])/g, '$1.js')

/** Nor does it rewrite the files of workers, `new URL('./x.ts', import.meta.url)`. */
function javaScriptUrls(text) {
  return text.replace(/(new URL\('\.{1,2}\/[^']*)\.ts(?=', import\.meta\.url\))/g, '$1.js')
}

/** Maps name the sources where they were compiled; here they lie in ../src. */
function sourcesBeside(text, file, target) {
  const map = JSON.parse(text)
  const inside = relative(join(target, 'dist'), file).replace(/(\.d\.ts|\.js)\.map$/, '.ts')
  const source = relative(dirname(file), join(target, 'src', inside))
  return JSON.stringify({ ...map, sources: [source.split(sep).join('/')] })
}

/** Returns a line about the file. */
async function pack(name) {
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', out]
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(
    await run('npm', words, join(staged, name)),
  )
  const sizes = `${Math.round(size / 1000)} kB packed, ${Math.round(unpackedSize / 1000)} kB in ${entryCount} files`
  return `${join(out, filename)}: ${sizes}`
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

async function rewrite(file, change) {
  await writeFile(file, change(await readFile(file, 'utf8')))
}

async function run(command, words, cwd = root) {
  try {
    const shell = process.platform === 'win32' && command === 'npm'
    return (await promisify(execFile)(command, words, { cwd, shell, maxBuffer: 2 ** 26 })).stdout
  } catch (error) {
    throw new Error(`${command} ${words.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? ''}`, {
      cause: error,
    })
  }
}

await main()
