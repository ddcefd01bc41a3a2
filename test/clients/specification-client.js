class ChatWebSocket {
	constructor(token) {
		this.token = token;
		this.ws = null;
		this.reconnectAttempts = 0;
		this.maxReconnectAttempts = 5;
	}

	connect() {
		this.ws = new WebSocket(`ws://localhost:8000/ws?token=${this.token}`);

		this.ws.onopen = () => {
			console.log("WebSocket connected");
			this.reconnectAttempts = 0;
		};

		this.ws.onmessage = (event) => {
			const notification = JSON.parse(event.data);
			this.handleNotification(notification);
		};

		this.ws.onclose = () => {
			console.log("WebSocket disconnected");
			this.reconnect();
		};

		this.ws.onerror = (error) => {
			console.error("WebSocket error:", error);
		};
	}

	handleNotification(notification) {
		switch (notification.type) {
			case "message":
				this.handleMessage(notification.data);
				break;
			case "room_update":
				this.handleRoomUpdate(notification.data);
				break;
			case "client_status":
				this.handleClientStatus(notification.data);
				break;
			case "error":
				this.handleError(notification.data);
				break;
		}
	}

	reconnect() {
		if (this.reconnectAttempts < this.maxReconnectAttempts) {
			this.reconnectAttempts++;
			const delay = Math.pow(2, this.reconnectAttempts) * 1000;
			setTimeout(() => this.connect(), delay);
		}
	}
}
