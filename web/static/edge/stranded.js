// Looks again from time to time, and reads the page anew once the gateway says something else.
const { code, detail } = document.body.dataset;
const PAUSE_MS = 5000;

async function look() {
  try {
    const answer = await fetch('/', { headers: { accept: 'application/problem+json' }, cache: 'no-store' });
    const problem = answer.ok ? {} : await answer.json();
    if (problem.code !== code || problem.detail !== detail) return location.reload();
  } catch {
    // The gateway is between two starts.
  }
  setTimeout(look, PAUSE_MS);
}

setTimeout(look, PAUSE_MS);
