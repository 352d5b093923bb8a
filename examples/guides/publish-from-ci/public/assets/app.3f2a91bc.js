document.body.append("1");
