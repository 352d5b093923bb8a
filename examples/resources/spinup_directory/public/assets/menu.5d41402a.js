document.body.append("Loaded.");
