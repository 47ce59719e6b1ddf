'use strict';
/* Takes what is new from the server of a page that grows. */
(() => {
  const WAIT = 2000;
  const {edition, version} = document.body.dataset;
  const status = document.getElementById('status');
  const title = document.title;
  let known = version;
  let said = status.textContent;

  const say = text => {
    status.textContent = text;
    const percent = text.match(/[0-9]+ %/);
    document.title = percent ? `${percent[0]} · ${title}` : title;
  };

  /* A table keeps the reader's place in it. */
  const replace = (figure, markup) => {
    const left = figure.querySelector('.scroll')?.scrollLeft ?? 0;
    const isOpen = figure.querySelector('details')?.open ?? false;
    const fresh = document.createRange().createContextualFragment(markup).firstElementChild;
    figure.replaceWith(fresh);
    if (isOpen) fresh.querySelector('details').open = true;
    const scroll = fresh.querySelector('.scroll');
    if (scroll) scroll.scrollLeft = left;
  };

  const take = news => {
    for (const [name, value] of Object.entries(news)) {
      if (name === 'status') {
        said = value;
      } else if (name === 'verdict') {
        document.getElementById('verdict').innerHTML = value;
      } else {
        const figure = document.getElementById(name.slice(1));
        if (figure.update) figure.update(value);
        else replace(figure, value);
      }
    }
    say(said);
  };

  const connect = () => {
    const source = new EventSource(`events?edition=${edition}&version=${known}`);
    const again = () => {
      source.close();
      location.reload();
    };
    source.addEventListener('open', () => say(said));
    source.addEventListener('update', event => {
      known = event.lastEventId;
      take(JSON.parse(event.data));
    });
    source.addEventListener('reload', again);
    source.addEventListener('end', again);
    source.addEventListener('error', () => {
      status.textContent = 'The connection was lost; trying again. The page that a finished run leaves stands in its folder.';
      // A browser tries again by itself unless the answer was an error.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, WAIT);
    });
  };

  say(said);
  connect();
})();
