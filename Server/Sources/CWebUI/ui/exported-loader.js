// In a page that was saved: the modules of the UI are in the page as text. Each gets an address of its own, and imports
// by the addresses of those that it needs. A plain script, and the only one that the page's policy lets run by itself.
(() => {
  const sources = JSON.parse(document.getElementById("modules").textContent);
  const addresses = new Map();
  // In a file the address of the page is the file's.
  const instead = { "state/navigation.js": "state/file-navigation.js" };

  const resolve = (path, from) => new URL(path, `file:///${from}`).pathname.slice(1);

  function address(name) {
    const path = instead[name] ?? name;
    if (!addresses.has(path)) {
      const source = sources[path]
        .replace(/^((?:import|export|\}) [^\n"]*)"(\.[^"\n]+)";$/gm, (all, begin, target) =>
          `${begin}"${address(resolve(target, path))}";`)
        .replace(/((?:=>|await) import\()"(\.[^"\n]+)"\)/g, (all, begin, target) =>
          `${begin}"${address(resolve(target, path))}")`);
      addresses.set(path, URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    }
    return addresses.get(path);
  }

  import(address("exported.js"));
})();
