document.body.append("The script runs.");
