// Adding a model by name, where the operator allows it.

adding.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [field, press] = [adding.querySelector("input"), adding.querySelector("button")];
  press.disabled = true;
  const made = await server.add({ name: field.value }).catch(() => ({ error: "The server does not answer. Try again." }));
  press.disabled = false;
  if (made.error) {
    tell(made.error);
    return;
  }
  field.value = "";
  showList(await server.models({}));
  show(made.name);
});
