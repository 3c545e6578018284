// What a page says that was saved.

export const exported = {
  exportedBy: "Saved from Martlet",
  notInFile: "That is not in this file",
};
