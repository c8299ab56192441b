// 坐席查询.  What the page offers every area stands in shell.js.
