// What became of a sample: its sign, which tells verdicts apart without colour, and its name.
const VERDICTS = {
  correct: ["✓", "correct"],
  wrong: ["✗", "wrong"],
  no_answer: ["∅", "no answer"],
  truncated: ["…", "truncated"],
  grader_timeout: ["⧗", "grader timeout"],
  error: ["!", "error"],
};
