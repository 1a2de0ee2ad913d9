// Asks for the list as long as the page is open.

watch("value", () => props.value?.done && showAnswer(props.value));

async function follow() {
  while (element.isConnected) {
    const found = await server.models({}).catch(() => null);
    if (found) showList(found);
    if (found && chosen && !acts) show(chosen);
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
}

follow();
