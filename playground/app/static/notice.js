// Says what is wrong with the form in one line; the text is set as text.
const line = element.querySelector(".notice");
function show() {
  line.textContent = props.value.text;
  line.hidden = !props.value.text;
  line.scrollIntoView({ block: "nearest" });
}
watch("value", show);
show();
