// 评测.  What the page offers every area stands in shell.js.
