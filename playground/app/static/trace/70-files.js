// What can be taken away: the trajectory as a file.

function offer(name, text, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function take(form) {
  const file = await server.take({ key, form });
  if (file.text != null) offer(file.name, file.text, file.type);
}

trace.querySelector(".files").append(button("Download JSON", "The trajectory with all that is known of it", () => take("json")));
