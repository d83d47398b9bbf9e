/* ---- how alike a voice is to the clip that it was made of, on its scale ---- */

function likenessIn(place, told, value = (alike) => `Alike ${alike}`) {
  place.hidden = !told;
  if (!told) return;
  const { value: alike, same, different, words } = told, first = Math.min(different, alike) - 0.08, share = (x) => `${(100 * Math.min(1, Math.max(0, (x - first) / (1 - first)))).toFixed(1)}%`;
  place.innerHTML = '<span class="like-value"></span><span class="like-scale" aria-hidden="true"><i class="like-different"></i><i class="like-same"></i><b></b></span><span class="like-words"></span>';
  place.style.setProperty("--value", share(alike));
  place.style.setProperty("--same", share(same));
  place.style.setProperty("--different", share(different));
  place.title = `Alike ${words}`;
  place.querySelector(".like-value").textContent = value(alike.toFixed(2));
  place.querySelector(".like-words").textContent = `One person is about ${same.toFixed(2)}, two people are about ${different.toFixed(2)}.`;
}
