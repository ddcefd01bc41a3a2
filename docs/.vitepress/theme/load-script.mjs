// Loads a script that is no module, once a page view, however many ask for it.

const loading = new Map();

/**
 * @param {string} url
 * @returns {Promise<void>} rejects when it does not load
 */
export function loadScript(url) {
  if (!loading.has(url)) {
    loading.set(
      url,
      new Promise((resolve, reject) => {
        const script = document.createElement('script');
        script.src = url;
        script.onload = () => resolve();
        script.onerror = () => reject(new Error(`${url} did not load`));
        document.head.append(script);
      }),
    );
  }
  return loading.get(url);
}
