"""What was said between an agent and its model, made of the requests and answers that the gateway kept."""
