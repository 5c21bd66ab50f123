// Talks to the house. Answers are JSON; whoever was signed out is told so, whatever else went wrong may be tried again.
export class SignedOut extends Error {}

export class Answered extends Error {
  constructor(status, said) {
    super(`the house answered ${status}`);
    this.status = status;
    this.refused = said?.refused;
  }
}

const read = async (response) => {
  if (response.type === "opaqueredirect") throw new SignedOut();
  const said = await response.json().catch(() => null);
  if (!response.ok) throw new Answered(response.status, said);
  return said;
};

export const ask = async (address) =>
  read(await fetch(address, { redirect: "manual", headers: { Accept: "application/json" } }));

export const tell = async (address, token, said = {}) =>
  read(await fetch(address, {
    method: "POST",
    redirect: "manual",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(said),
  }));

// A page of the house as elements.
export const fetchPage = async (address) => {
  const response = await fetch(address, { redirect: "manual" });
  if (response.type === "opaqueredirect") throw new SignedOut();
  if (!response.ok) throw new Answered(response.status);
  return new DOMParser().parseFromString(await response.text(), "text/html");
};
