// The member's code lives a minute: another is fetched well before, and at once when somebody looks at the page again.
const holder = document.getElementById("code");
const late = document.getElementById("code-late");
const RENEW_MS = 40000;
const AGAIN_MS = 5000;
const LIVES_MS = 60000;
let shownAt = Date.now();
let timer = 0;

function plan(after) {
  clearTimeout(timer);
  timer = setTimeout(renew, after);
}

async function renew() {
  if (document.hidden) {
    return;
  }
  try {
    const answer = await fetch(holder.dataset.from, { cache: "no-store", redirect: "error" });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    holder.innerHTML = await answer.text();
    shownAt = Date.now();
    fresh(true);
    plan(RENEW_MS);
  } catch {
    // An old code opens nothing: better none than one that the lane refuses.
    if (Date.now() - shownAt > LIVES_MS) {
      fresh(false);
    }
    plan(AGAIN_MS);
  }
}

function fresh(is) {
  holder.hidden = !is;
  late.hidden = is;
  holder.classList.remove("ticking");
  void holder.offsetWidth;
  holder.classList.toggle("ticking", is);
}

if (holder) {
  fresh(true);
  plan(RENEW_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      if (Date.now() - shownAt > LIVES_MS) {
        fresh(false);
      }
      renew();
    }
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      renew();
    }
  });
}
